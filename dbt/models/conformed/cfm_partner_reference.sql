-- One row is a partner id as one channel means it: its own partner, else the one that the channel
-- with the best source priority knows by that id. An id nobody knows has no row.

{{ reference_table('partners', 'partner_id', 'partner_key') }}
