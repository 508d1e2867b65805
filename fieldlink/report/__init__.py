"""Tables, figures and the result page."""
