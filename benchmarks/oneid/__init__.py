"""Who is who, measured: populations with a truth, the identity step on them, and its grades."""
