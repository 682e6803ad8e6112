"""The merchant's rules, from the file `rules.toml`: parsed, and matched with payments."""

from countersign.step_up.rules.book import Capture, Method, Outcome, Rule, RuleBook, ThreeDSecure

__all__ = ["Capture", "Method", "Outcome", "Rule", "RuleBook", "ThreeDSecure"]
