-- One row is a version of what a customer record stated of its person and how to reach it, with the
-- time from which it did (NULL where none is known). What holds now is in idn_person.

{{ config(materialized='view') }}

select
    record_key,
    version_key,
    coalesce(updated_at, registered_at) as stated_at,
    name_token,
    birth_date_token,
    nullif(gender, 'U') as gender,
    city,
    district,
    address_token,
    postcode,
    card_no_token,
    email_match_token,
    phone_token,
    batch_id,
    file_row
from {{ ref('cfm_customer_versions') }}
