using 'main.bicep'

// The smallest that works: scales to zero, costs next to nothing while nobody uses it.

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'funcqueue-dev')

param scale = {
  instanceMemoryMB: 512
  maximumInstanceCount: 40
  alwaysReadyInstances: 0
  httpConcurrency: 100
  zoneRedundant: false
  maxBodyByLengthMB: 16
}

param dataAccountCount = 1
param dataRedundancy = 'Standard_LRS'
param hostRedundancy = 'Standard_LRS'
param logDailyCapGB = 1

param sweeps = {
  redeliverExpiredLeases: '0 * * * * *'
  deadLetterPoisonMessages: '30 * * * * *'
  sweepStorage: '0 */5 * * * *'
  forwardSubscriptions: '0 * * * * *'
}

param alerts = {
  emails: []
  deadLetters: 0
  oldestMessageAgeSeconds: 3600
  forwardingLag: 1000
  groupLagSeconds: 86400
  serverErrorPercent: 5
  memoryPercent: 85
}
