-- One row is a store id as one channel means it: its own store, else the one that the channel
-- with the best source priority knows by that id. An id nobody knows has no row.

{{ reference_table('stores', 'store_id', 'store_key') }}
