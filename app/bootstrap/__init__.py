"""The composition root: builds each service once, when it is first asked for. Knows every part; nothing else does.

Start-up imports only what the first question needs: the network, the keyring and the sandbox are imported by the
methods that use them. Each layer builds on the one before: home, network, account, computer, endpoint, services.
"""

from app.bootstrap.library import open_uploader
from app.bootstrap.services import Services

__all__ = ["Services", "open_uploader"]
