"""Scoring rules: written once in the plan, compiled to formulas, to Python and to sentences. Pure, stdlib only."""
