"""An ordinary program with Microsoft's SDKs for Python: production URLs, no option that knows of a local Azure."""

import json
import os

from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.identity import ClientSecretCredential
from azure.keyvault.secrets import SecretClient
from azure.mgmt.keyvault import KeyVaultManagementClient
from azure.storage.blob import BlobServiceClient

credential = ClientSecretCredential(
    os.environ["AZURE_TENANT_ID"], os.environ["AZURE_CLIENT_ID"], os.environ["AZURE_CLIENT_SECRET"]
)
seen = {}

vaults = KeyVaultManagementClient(credential, os.environ["SUBSCRIPTION_ID"]).vaults
seen["vault"] = vaults.get("python", os.environ["VAULT"]).properties.vault_uri

secrets = SecretClient(f"https://{os.environ['VAULT']}.vault.azure.net", credential)
for index in range(30):
    secrets.set_secret(f"python-{index:02}", f"value {index}", tags={"index": str(index)})
seen["secrets"] = len([secret for secret in secrets.list_properties_of_secrets() if secret.name.startswith("python-")])
seen["value"] = secrets.get_secret("PYTHON-07").value
try:
    secrets.get_secret("missing")
except ResourceNotFoundError as error:
    seen["missing"] = error.error.code
secrets.begin_delete_secret("python-00").wait()
secrets.begin_recover_deleted_secret("python-00").wait()

account = BlobServiceClient(f"https://{os.environ['ACCOUNT']}.blob.core.windows.net", credential)
container = account.create_container("python")
container.upload_blob("path/ä b.txt", b"hello", metadata={"origin": "python"})
seen["blobs"] = [blob.name for blob in container.list_blobs(include=["metadata"])]
seen["content"] = container.download_blob("path/ä b.txt").readall().decode()

reader = ClientSecretCredential(
    os.environ["AZURE_TENANT_ID"], os.environ["READER_CLIENT_ID"], os.environ["READER_CLIENT_SECRET"]
)
try:
    SecretClient(f"https://{os.environ['VAULT']}.vault.azure.net", reader).get_secret("python-01")
except HttpResponseError as error:
    seen["denied"] = error.status_code

print(json.dumps(seen))
