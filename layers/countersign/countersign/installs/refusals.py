"""The refusals of install links, each made in one place. Pure."""

from countersign.problems import Invalid, Problem


def invalid_state() -> Problem:
    """Return the 400 for a state that this browser cannot use now."""
    return Problem(
        400,
        "invalid_state",
        "This install link is unknown, was used already, has expired or was opened in another"
        " browser. Create a new link in this browser.",
    )


def invalid_confirmation() -> Problem:
    """Return the 400 for a confirmation that this user cannot give now."""
    return Problem(
        400,
        "invalid_confirmation",
        "This confirmation is unknown, has expired or belongs to another user. Create a new"
        " install link.",
    )


def signature_missing() -> Problem:
    """Return the 400 for the callback of an app that is not of the platform type."""
    return Problem(
        400,
        "install_signature_missing",
        "The callback has no install_signature, as with apps of the OAuth type. Set"
        " `stripe_api_access_type` to `platform` in the app's manifest.",
    )


def invalid_signature() -> Problem:
    """Return the 400 for a signature that Stripe did not make, or not lately."""
    return Problem(
        400,
        "invalid_install_signature",
        "The install_signature does not fit this account, user, state and time. Create a new"
        " install link.",
    )


def wrong_mode(*, live: bool) -> Problem:
    """Return the 400 for an installation in the other mode than the deployment's, which is `live`
    or not.
    """
    ours, theirs = ("live", "test") if live else ("test", "live")
    return Problem(
        400,
        "wrong_mode",
        f"The app was installed in {theirs} mode, and this deployment works in {ours} mode."
        f" Create a new install link and install the app in {ours} mode.",
    )


def held_by_another_user() -> Problem:
    """Return the 409 for an account that another user holds."""
    return Problem(
        409,
        "account_held_by_another_user",
        "Another user has connected this Stripe account. That user must disconnect it, or uninstall"
        " the app in Stripe's Dashboard, before you can connect it.",
    )


def not_installed() -> Problem:
    """Return the 409 for an account that nobody may act for any more."""
    return Problem(
        409,
        "not_installed",
        "The app is not installed on this account any more. Connect the account again.",
    )


def not_found() -> Problem:
    """Return the 404 for an account that is not connected, or not by the caller."""
    return Problem(
        404,
        "installation_not_found",
        "You have no such installation. Check the account id, or connect the account.",
    )


def payee_name_unknown() -> Invalid:
    """Return the 422 for a payee name that Stripe does not have of the account."""
    message = (
        "must be one of the names that Stripe has of the account: that of the business profile, the"
        " Dashboard's display name, or the statement descriptor"
    )
    return Invalid([{"pointer": "/payee_name", "message": message}], "payee_name_unknown")
