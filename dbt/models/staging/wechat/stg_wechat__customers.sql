-- One row is a follower of an official account or a user of a mini-program. They are records of
-- two accounts, told apart by openid; the unionid says which are one person.

with gender_words as (
    {{ vocabulary_words('customers', 'gender', 'wechat') }}
),

followers as (
    select source.*, gender_words.canonical_word as gender_word
    from {{ source('raw', 'wechat__followers') }} as source
    left join gender_words on source.gender = gender_words.delivered_word
),

users as (
    select * from {{ source('raw', 'wechat__mini_program_users') }}
),

final as (
    select
        {{ staged_columns('customers', 'followers', {
            'customer_id': 'followers.customer_id',
            'nickname_token': 'followers.nickname_token',
            'wechat_unionid_token': 'followers.wechat_unionid_token',
            'wechat_openid_token': 'followers.wechat_openid_token',
            'gender': 'followers.gender_word',
            'province': 'followers.province',
            'city': 'followers.city',
            'registered_at': 'followers.subscribed_at',
            'registration_source': 'followers.subscribe_scene',
            'updated_at': 'followers.subscribed_at',
        }) }}
    from followers
    union all
    select
        {{ staged_columns('customers', 'users', {
            'customer_id': 'users.customer_id',
            'nickname_token': 'users.nickname_token',
            'phone_token': 'users.phone_token',
            'phone_hint_token': 'users.phone_hint_token',
            'phone_masked': 'users.phone_masked',
            'phone_status': 'users.phone_status',
            'phone_verified': "coalesce(users.phone_status = 'valid', false)",
            'wechat_unionid_token': 'users.wechat_unionid_token',
            'wechat_openid_token': 'users.wechat_openid_token',
            'registered_at': 'users.registered_at',
            'registration_source': 'users.scene',
            'updated_at': 'coalesce(users.updated_at, users.registered_at)',
        }) }}
    from users
)

select * from final
