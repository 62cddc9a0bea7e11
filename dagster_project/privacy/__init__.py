"""Privacy at the door: keys, tokens, masks, and the vault of personal values."""

from dagster_project.privacy.keyring import compact_keyring, erase_subjects
from dagster_project.privacy.keys import Keys, MasterKeyError, load_keys
from dagster_project.privacy.records import open_records, read_quarantine, read_records
from dagster_project.privacy.vault import VaultDamaged, VaultRecord

__all__ = [
    "Keys",
    "MasterKeyError",
    "VaultDamaged",
    "VaultRecord",
    "compact_keyring",
    "erase_subjects",
    "load_keys",
    "open_records",
    "read_quarantine",
    "read_records",
]
