-- One row is a campaign id as one channel means it: its own campaign, else the one that the channel
-- with the best source priority knows by that id. An id nobody knows has no row.

{{ reference_table('campaigns', 'campaign_id', 'campaign_key') }}
