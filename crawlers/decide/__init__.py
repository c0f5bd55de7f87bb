"""What to do about an answer, a host, a robots.txt, a reservation: pure decisions."""
