"""The script that stands in for js.stripe.com/v3."""

import json

from starlette.requests import Request
from starlette.responses import Response

from local.stand_in.pages import ASSETS

_PARTS = ("frames", "identity", "actions", "elements", "stripe")
_AROUND = '// Stands in for js.stripe.com/v3.\n(() => {{\n  "use strict";\n\n{}}})();\n'


async def serve(request: Request) -> Response:
    """Return the script, for any site."""
    public_url = request.app.state.backend.config.public_url
    parts = (ASSETS / "stripe_js" / f"{name}.js" for name in _PARTS)
    script = _AROUND.format("\n".join(part.read_text(encoding="utf-8") for part in parts))
    return Response(
        script.replace('"%PUBLIC_URL%"', json.dumps(public_url)),
        media_type="text/javascript",
        headers={
            "Cross-Origin-Resource-Policy": "cross-origin",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-cache",
        },
    )
