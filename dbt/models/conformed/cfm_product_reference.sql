-- One row is a product id as one channel means it: its own product, else the one that the channel
-- with the best source priority knows by that id. An id nobody knows has no row.

{{ reference_table('products', 'product_id', 'product_key') }}
