"""`reconcile init --ci`: the pipeline of a project, for the forge that its repository lives on."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from reconciler import __version__
from reconciler.cli.failures import Refusal
from reconciler.documents.document import Account
from reconciler.documents.resources import pipeline_text
from reconciler.runtime.git import GitSilent, git
from reconciler.runtime.writing import create_file

FORGES = ("github", "gitlab")
_STEPS = ("validate.sh", "plan.sh", "apply.sh", "drift.sh")
#: Where each file goes in the repository, and which of ours it is.
_FILES: Mapping[str, Mapping[str, str]] = {
    "github": {
        ".github/actions/reconcile/action.yml": "action.yml",
        **{f".github/actions/reconcile/ci/{name}": f"ci/{name}" for name in _STEPS},
        ".github/workflows/offers.yml": "ci/github.yml",
    },
    "gitlab": {
        **{f".gitlab/reconcile/{name}": f"ci/{name}" for name in _STEPS},
        ".gitlab/reconcile/offers.yml": "ci/gitlab.yml",
        ".gitlab-ci.yml": "ci/gitlab-ci.yml",
    },
}
#: What nobody but a person can do.
AFTERWARDS: Mapping[str, tuple[str, ...]] = {
    "github": (
        "Before the first pull request:",
        "  1. reconcile.yaml: `ledger: git`, so that a job knows what the one before it did",
        "  2. Settings, Environments: `marketplace-read` and `marketplace-write`, with the secrets that",
        "     .github/workflows/offers.yml names; `openssl rand -base64 32` makes a key: RECONCILE_LEDGER_KEY is",
        "     the same in both, RECONCILE_KEY another one in each",
        "  3. commit all of it",
    ),
    "gitlab": (
        "Before the first merge request:",
        "  1. reconcile.yaml: `ledger: git`, so that a job knows what the one before it did",
        "  2. Settings, CI/CD: the variables that .gitlab/reconcile/offers.yml names; `openssl rand -base64 32`",
        "     makes a key: RECONCILE_LEDGER_KEY is the same in both, RECONCILE_KEY another one in each",
        "  3. commit all of it",
    ),
}
#: A token that is ready is no way to log in for a job: it lasts twelve hours.
_SECRETS = ("client_id", "client_secret", "refresh_token")


def write_pipeline(root: Path, forge: str) -> Iterator[str]:
    """Write what is missing of the pipeline; yield what was written, what was kept and what is left to do."""
    from reconciler.cli.project import workspace
    from reconciler.runtime.errors import BadDocuments

    documents = workspace(root).load()
    accounts = tuple(documents.project.accounts.values()) if documents.project else ()
    if not accounts:
        raise BadDocuments(documents.diagnostics)
    top = _top_of_repository(root)
    known = {**_filled_in(accounts, root.resolve().relative_to(top).as_posix()), "BRANCH": _branch(root)}
    for name, source in _FILES[forge].items():
        text = pipeline_text(source)
        for place, value in known.items():
            text = text.replace(f"@{place}@", value)
        made = create_file(top / name, text.encode())
        yield f"  {'wrote' if made else 'kept '}  {name}"


def _top_of_repository(root: Path) -> Path:
    """Return the folder where a forge looks for pipelines: that of the git repository."""
    try:
        code, said = git(root, "rev-parse", "--show-toplevel")
    except GitSilent as wrong:
        raise Refusal("git does not answer, and a pipeline belongs to a git repository", str(wrong)) from wrong
    if code != 0:
        raise Refusal(f"{root} lies in no git repository, and a pipeline belongs to one", "`git init` makes one")
    return Path(said.strip()).resolve()


def _branch(root: Path) -> str:
    """Return the branch that pull requests are merged into: the remote's own as the clone knows it, or `main`."""
    code, said = git(root, "symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD", fine=(0, 1, 128))
    return said.strip().partition("/")[2] or "main" if code == 0 else "main"


def _filled_in(accounts: tuple[Account, ...], project: str) -> dict[str, str]:
    """Return the value of each place of our files."""
    from reconciler.runtime.auth.credentials import variables

    names = [
        "RECONCILE_LEDGER_KEY",
        "RECONCILE_KEY",
        *(variables(account)[secret] for account in accounts for secret in _SECRETS),
    ]
    secrets = "\n      ".join(f"{name}: ${{{{ secrets.{name} }}}}" for name in dict.fromkeys(names))
    return {
        "ACCOUNTS": ", ".join(account.name for account in accounts),
        "CREDENTIALS": secrets,
        "PROJECT": project,
        "VERSION": __version__,
    }
