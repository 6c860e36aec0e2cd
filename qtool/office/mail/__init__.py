"""Mail: bytes of letters, SMTP, IMAP, the keyring, and mails saved as files."""
