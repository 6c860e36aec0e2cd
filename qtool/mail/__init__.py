"""Mail: letters to departments and assessees, written, sent exactly once, and what comes back taken from a mailbox."""
