-- One row is what a customer record that exists at as_of says of its person: name, birth date and
-- address as tokens, and where in the vault they can be read.
-- It is no evidence by itself: it corroborates identifiers, and is compared where there are none.
select
    customers.record_key,
    customers.name_token,
    customers.birth_date_token,
    nullif(customers.gender, 'U') as gender,
    customers.birth_year,
    customers.province,
    customers.city,
    customers.district,
    customers.address_token,
    customers.postcode,
    customers.batch_id,
    customers.file_row
from {{ ref('cfm_customers') }} as customers
inner join {{ ref('idn_record') }} as records on customers.record_key = records.record_key
where
    records.record_type = 'customer'
    and (
        customers.name_token is not null
        or customers.birth_date_token is not null
        or customers.address_token is not null
    )
