using 'main.bicep'

// Storage and instances in three availability zones (the region must have them), two instances always warm.

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'funcqueue-prod')

param scale = {
  instanceMemoryMB: 2048
  maximumInstanceCount: 100
  alwaysReadyInstances: 2
  httpConcurrency: 200
  zoneRedundant: true
}

param dataAccountCount = 2
param dataRedundancy = 'Standard_ZRS'
param hostRedundancy = 'Standard_ZRS'
param logRetentionDays = 90

param sweeps = {
  redeliverExpiredLeases: '*/15 * * * * *'
  deadLetterPoisonMessages: '*/30 * * * * *'
  sweepStorage: '0 */5 * * * *'
  forwardSubscriptions: '0 * * * * *'
}

param alerts = {
  healthTestMinutes: 5
  emails: filter(split(readEnvironmentVariable('ALERT_EMAILS', ''), ','), address => !empty(address))
  deadLetters: 0
  oldestMessageAgeSeconds: 900
  forwardingLag: 100
  groupLagSeconds: 3600
  serverErrorPercent: 1
  memoryPercent: 85
}
