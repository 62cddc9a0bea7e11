-- One row is the newest version of an experiment, of all channels.

{{ config(materialized='incremental', unique_key='experiment_key') }}

{{ newest_versions(
    entity='experiments',
    keys={'experiment_key': natural_key('channel', 'experiment_id')},
    columns=[
        'experiment_id', 'name', 'unit', 'starts_at', 'ends_at', 'metric', 'control_variant',
        'planned_split', 'factors',
    ],
) }}
