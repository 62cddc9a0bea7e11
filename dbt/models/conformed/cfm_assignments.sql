-- One row is the newest version of a customer's assignment in an experiment, of all channels.

{{ config(materialized='incremental', unique_key='assignment_key') }}

{{ newest_versions(
    entity='assignments',
    keys={
        'assignment_key': natural_key(natural_key('channel', 'experiment_id'), 'customer_id'),
        'record_key': natural_key('channel', 'customer_id'),
    },
    columns=['experiment_id', 'customer_id', 'variant', 'assigned_at', 'exposed_at'],
) }}
