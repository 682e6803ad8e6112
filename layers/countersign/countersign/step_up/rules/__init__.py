"""The merchant's rules, in the file `rules.toml`: read, looked through, and asked."""

from countersign.step_up.rules.book import Method, Outcome, Rule, RuleBook, ThreeDSecure

__all__ = ["Method", "Outcome", "Rule", "RuleBook", "ThreeDSecure"]
