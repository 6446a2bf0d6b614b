"""How things leave the house: letters, mail, later KIM and SFTP; one outbox for all of them."""
