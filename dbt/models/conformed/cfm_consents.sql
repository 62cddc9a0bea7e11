-- One row is the newest version of a change of one consent of a customer, of all channels.
-- It is not the consent of a member: fct_consent weighs the changes of all records.

{{ config(materialized='incremental', unique_key='consent_key') }}

{{ newest_versions(
    entity='consents',
    keys={
        'consent_key': natural_key('channel', natural_key('customer_id', natural_key(
            'purpose', natural_key('contact_channel', 'cast(changed_at as varchar)')
        ))),
        'record_key': natural_key('channel', 'customer_id'),
    },
    columns=['customer_id', 'purpose', 'contact_channel', 'changed_at', 'granted'],
) }}
