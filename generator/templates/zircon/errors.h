// Statuses: zero or a negative number.

@statuses@
