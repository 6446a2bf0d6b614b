"""eTherapiebericht, from therapist to doctor: made by a later issue, its place in the house is here."""
