"""The refusals of this capability, each made in one place. Pure."""

from countersign.problems import Problem


def invalid_state() -> Problem:
    """400: not a state that this browser may use now."""
    return Problem(
        400,
        "invalid_state",
        "This install link is unknown, was used already, has expired or was opened in another"
        " browser. Begin again.",
    )


def invalid_confirmation() -> Problem:
    """400: not a confirmation that this user may give now."""
    return Problem(
        400,
        "invalid_confirmation",
        "This confirmation is unknown, was used already, has expired or is another user's. Begin"
        " again.",
    )


def unsigned() -> Problem:
    """400: the callback of an app that is not of the platform type."""
    return Problem(
        400,
        "install_signature_missing",
        "The callback has no install_signature. Apps of the OAuth type send none and can not be"
        " connected here: set `stripe_api_access_type` to `platform` in the app's manifest.",
    )


def invalid_signature() -> Problem:
    """400: not what Stripe signed, or not lately."""
    return Problem(
        400,
        "invalid_install_signature",
        "The install_signature does not fit this account, user, state and time. Begin again.",
    )


def wrong_mode(*, live: bool) -> Problem:
    """400: installed in the other mode than the deployment's, which is `live` or not."""
    ours, theirs = ("live", "test") if live else ("test", "live")
    return Problem(
        400,
        "wrong_mode",
        f"The app was installed in {theirs} mode, and this deployment works in {ours} mode."
        f" Begin again and install it in {ours} mode.",
    )


def held_by_another() -> Problem:
    """409: the account is somebody else's until they let go of it."""
    return Problem(
        409,
        "account_held_by_another_user",
        "Another user has connected this Stripe account. It is free again once that user has"
        " disconnected it, or the app was uninstalled in Stripe's Dashboard.",
    )


def not_installed() -> Problem:
    """409: nobody may act for the account any more."""
    return Problem(
        409, "not_installed", "The app is not installed on this account any more. Connect it again."
    )


def not_found() -> Problem:
    """404: no such installation, or not the caller's."""
    return Problem(404, "installation_not_found", "There is no such installation of yours.")
