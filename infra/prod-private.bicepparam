using 'main.bicep'

// As prod, with no public network access: callers come through the network, or one that is peered with it.

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'funcqueue-private')
param privateNetwork = true
param networkAddressPrefix = '10.90.0.0/24'

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
  emails: filter(split(readEnvironmentVariable('ALERT_EMAILS', ''), ','), address => !empty(address))
  deadLetters: 0
  oldestMessageAgeSeconds: 900
  forwardingLag: 100
  groupLagSeconds: 3600
  serverErrorPercent: 1
  memoryPercent: 85
}
