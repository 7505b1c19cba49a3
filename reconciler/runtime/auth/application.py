"""Tokens of an application that stands for its seller: nobody logs in, and none is kept longer than a command."""

from msgspec import Struct

from reconciler.model.outcomes import FaultKind
from reconciler.providers.base import Credentials, MarketplaceFault, Token
from reconciler.runtime.auth.tokens import Exchange
from reconciler.runtime.errors import AuthenticationFailed


class ApplicationToken(Struct, frozen=True, kw_only=True):
    """What the id and the secret of an application give (OAuth 2.0, client credentials: RFC 6749, 4.4).

    A new one costs a request and needs nobody, so it is neither stored nor renewed before it is refused. `remedy`
    says what to do where the application is not let in.
    """

    account: str
    credentials: Credentials
    remedy: str

    async def current(self, exchange: Exchange) -> Token:
        """Ask for a token. AuthenticationFailed where the application is not let in."""
        try:
            return await exchange(self.credentials)
        except MarketplaceFault as refused:
            if refused.fault.kind not in (FaultKind.AUTH, FaultKind.REJECTED):
                raise
            said = f"the marketplace does not let the application in ({refused.fault.code})"
            raise AuthenticationFailed(f"account {self.account}: {said}", self.remedy) from refused

    async def renewed(self, refused: Token, exchange: Exchange) -> Token:  # noqa: ARG002 - the protocol's
        """Ask for another one: the last has ended."""
        return await self.current(exchange)
