# Drives a DICOMweb server with the PyPI package dicomweb-client: python-client.py URL FOLDER. Fails with what differs.
import sys
from pathlib import Path

import pydicom
from dicomweb_client.api import DICOMwebClient

url, folder = sys.argv[1:]
client = DICOMwebClient(url=url)
sent = {}
for path in sorted(Path(folder).glob("*.dcm")):
    dataset = pydicom.dcmread(path)
    sent[dataset.SOPInstanceUID] = dataset
answer = client.store_instances(datasets=list(sent.values()))
assert len(answer.ReferencedSOPSequence) == len(sent), answer

studies = client.search_for_studies(limit=100)
uids = {study["0020000D"]["Value"][0] for study in studies}
assert uids == {dataset.StudyInstanceUID for dataset in sent.values()}, uids
found = client.search_for_studies(search_filters={"PatientID": "BUCKY-0001"}, fields=["StudyDescription"])
assert len(found) == 1 and found[0]["00081030"]["Value"], found

seen = 0
for study in sorted(uids):
    for series in client.search_for_series(study):
        series_uid = series["0020000E"]["Value"][0]
        metadata = client.retrieve_series_metadata(study, series_uid)
        for one in metadata:
            instance_uid = one["00080018"]["Value"][0]
            original = sent[instance_uid]
            from_json = pydicom.Dataset.from_json(one, bulk_data_uri_handler=lambda tag, vr, uri: b"")
            assert from_json.PatientName == original.PatientName, instance_uid
            received = client.retrieve_instance(study, series_uid, instance_uid)
            assert received == original, instance_uid
            if "PixelData" in original and not original.file_meta.TransferSyntaxUID.is_compressed:
                frames = client.retrieve_instance_frames(study, series_uid, instance_uid, [1])
                assert original.PixelData.startswith(frames[0]), instance_uid
            seen += 1
assert seen == len(sent), (seen, len(sent))
print(f"{seen} instances")
