"""The papers that ship with the code: two are generated, and what all of them name is checked."""
