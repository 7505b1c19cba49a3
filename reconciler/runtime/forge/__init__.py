"""Where pull requests live: GitHub and GitLab, behind one port: asked three things, and written comments."""

from reconciler.runtime.forge.port import Forge, ForgeFailed, PullRequest, ReviewedPlan
from reconciler.runtime.forge.surroundings import forge_of, of_fork

__all__ = ["Forge", "ForgeFailed", "PullRequest", "ReviewedPlan", "forge_of", "of_fork"]
