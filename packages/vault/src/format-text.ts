/** The text of FORMAT.md, which lies in every vault and tells how to read it without Bucky. */
export const formatText = `# How to read this bucket

This bucket, or folder, belongs to a Bucky archive of medical images (DICOM). Everything in it can be read without
Bucky. Nothing in it is ever renamed or replaced; later facts are new objects.

## What lies where

    FORMAT.md                                                       this text
    studies/<StudyUID>/<SeriesUID>/<SOPInstanceUID>.<receipt>.dcm   one instance as it was received
    studies/<StudyUID>/<SeriesUID>/metadata.<receipt>.json.gz       metadata of a whole series, made of its instances
    conflicts/<receipt>.json                                        other bytes under a known SOP Instance UID
    deletions/<receipt>.json                                        names files that were deleted (hidden)
    decisions/<receipt>.json                                        how a conflict ended, or a deletion was undone
    purges/<receipt of a deletion>.json                             names files that were removed for good
    ledger/holds/<receipt>.json                                     a study that must not be deleted, or may be again
    checks/<name>                                                   lives for the second of a self-test; delete leftovers

- **.dcm** holds the bytes that were sent, unchanged. Nearly all are DICOM Part 10 files (PS3.10 7): a preamble of 128
  bytes, \`DICM\`, File Meta Information, Data Set. A sender that left out the preamble or the File Meta Information had
  its bytes kept that way; they are a plain Data Set then. Any DICOM tool opens them.
- **<receipt>** is 26 characters of digits and lower case letters. Sorted as text, receipts are in the order of receipt.
- **conflicts/** holds one JSON object for each instance whose SOP Instance UID was already taken by other bytes, or
  stood under another study or series. It names the key where the later bytes lie, the identifiers and the reason. The
  instance that was received first counts; the later bytes lie under studies/ like any other and count for nothing until
  somebody decides.
- Two .dcm objects with one SOP Instance UID and no conflict record are left by a crash or a race: they hold the same
  bytes, or the one with the smaller receipt counts.

In a folder there is also \`.incoming/\`: uploads under way. What lies there was never acknowledged. \`.lock\` is empty.

## Get everything out

    aws s3 sync s3://BUCKET/PREFIX/studies ./studies      # or: cp -r FOLDER/studies .
    dcmdump studies/*/*/*.dcm                             # DCMTK; or pydicom, dicom3tools, any viewer

To move to another archive, send \`studies/\` to it by STOW-RS or C-STORE, without the keys that conflict records name.
`;
