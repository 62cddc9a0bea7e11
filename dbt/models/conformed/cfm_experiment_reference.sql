-- One row is an experiment id as one channel means it: its own experiment, else the one that the
-- channel with the best source priority knows by that id. An id nobody knows has no row.

{{ reference_table('experiments', 'experiment_id', 'experiment_key') }}
