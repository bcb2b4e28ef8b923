"""Whether reactivation works: members who were spoken to beside those who were not, by lot."""
