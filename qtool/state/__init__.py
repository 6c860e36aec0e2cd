"""What is known of one campaign, each thing found out once, and what follows from it for any face."""
