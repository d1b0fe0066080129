/* global window, location */
// Settings of OHIF. One file serves /viewer/ and /share/{id}/: both roots follow from the address of the page.
const share = /^\/share\/[^/]+(?=\/|$)/.exec(location.pathname)?.[0];
const dicomWebRoot = `${share ?? ''}/dicom-web`;

window.config = {
  routerBasename: share ?? '/viewer',
  extensions: [],
  modes: [],
  showStudyList: share === undefined,
  maxNumberOfWebWorkers: 3,
  showCPUFallbackMessage: true,
  showLoadingIndicator: true,
  strictZSpacingForVolumeViewport: true,
  maxNumRequests: { interaction: 100, thumbnail: 5, prefetch: 25 },
  investigationalUseDialog: { option: 'never' },
  // No guided tour: it dims the page for each new visitor.
  customizationService: [{ 'ohif.tours': { $set: [] } }],
  defaultDataSourceName: 'bucky',
  dataSources: [
    {
      namespace: '@ohif/extension-default.dataSourcesModule.dicomweb',
      sourceName: 'bucky',
      configuration: {
        friendlyName: 'Bucky',
        name: 'bucky',
        qidoRoot: dicomWebRoot,
        wadoRoot: dicomWebRoot,
        wadoUriRoot: dicomWebRoot,
        qidoSupportsIncludeField: true,
        supportsWildcard: true,
        supportsFuzzyMatching: false,
        enableStudyLazyLoad: true,
        imageRendering: 'wadors',
        thumbnailRendering: 'wadors',
        dicomUploadEnabled: share === undefined,
        omitQuotationForMultipartRequest: true,
        singlepart: 'bulkdata,video,pdf',
        bulkDataURI: { enabled: true },
      },
    },
  ],
};
