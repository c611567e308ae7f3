@export()
@description('Memory of one instance in MB: the sizes that Flex Consumption has.')
type instanceMemory = 512 | 2048 | 4096

@export()
@description('How storage keeps its copies: three in one place, three in three zones, or six in two regions.')
type redundancy = 'Standard_LRS' | 'Standard_ZRS' | 'Standard_GZRS'

@export()
@description('How the app is sized and scaled.')
type scaleSettings = {
  @description('Memory of one instance in MB.')
  instanceMemoryMB: instanceMemory

  @description('Most instances at a time.')
  @minValue(40)
  @maxValue(1000)
  maximumInstanceCount: int

  @description('Instances kept running for HTTP calls, so that none waits for a cold start; 0 scales to zero.')
  @minValue(0)
  @maxValue(100)
  alwaysReadyInstances: int

  @description('HTTP calls that one instance serves at a time before another is started.')
  @minValue(1)
  @maxValue(1000)
  httpConcurrency: int

  @description('Spreads the instances over availability zones; the region must have them.')
  zoneRedundant: bool

  @description('Largest body in MiB that may come with a Content-Length: the host holds it in memory twice, one sent chunked not at all. Null: as large as bodies may be.')
  @minValue(1)
  @maxValue(100)
  maxBodyByLengthMB: int?
}

@export()
@description('When the app tidies up, in NCRONTAB, UTC. Dequeues find expired leases by themselves; these keep counts and dead letters right when nobody dequeues. An alert fires where one has not run for 15 minutes.')
type sweepSchedules = {
  @description('Expired leases become ready.')
  redeliverExpiredLeases: string

  @description('Messages past their deliveries or their time to live are moved.')
  deadLetterPoisonMessages: string

  @description('Unused payloads and deleted queues are removed.')
  sweepStorage: string

  @description('Records of topics are forwarded that the process that published them has left.')
  forwardSubscriptions: string
}

@export()
@description('When people are told.')
type alertSettings = {
  @description('Where alerts are mailed to; without an address they only show in the portal.')
  emails: string[]

  @description('Minutes between calls of /health from five places in the world, each of which is paid for; null: none.')
  healthTestMinutes: (5 | 10 | 15)?

  @description('Dead letters of one queue above which an alert fires.')
  @minValue(0)
  deadLetters: int

  @description('Age in seconds of the oldest message of one queue above which an alert fires.')
  @minValue(60)
  oldestMessageAgeSeconds: int

  @description('Records that a subscription has still to take, all the time, above which an alert fires.')
  @minValue(0)
  forwardingLag: int

  @description('Age in seconds of the oldest record that a group has not committed, all the time, above which an alert fires.')
  @minValue(60)
  groupLagSeconds: int

  @description('Answers of status 5xx, in percent of all, above which an alert fires.')
  @minValue(0)
  @maxValue(100)
  serverErrorPercent: int

  @description('Memory that an instance uses, in percent of what it has, above which an alert fires.')
  @minValue(10)
  @maxValue(100)
  memoryPercent: int
}

@export()
@description('Whose Entra ID tokens are taken, beside keys.')
type entraSettings = {
  @description('The application (client) id that stands for FuncQueue in the directory.')
  @minLength(36)
  @maxLength(36)
  clientId: string

  @description('Audiences that a token may have beside that id.')
  @minLength(1)
  audiences: string[]

  @description('The directory that signs them; null: that of the subscription.')
  tenantId: string?
}

@export()
@description('A data account as the app reaches it.')
type dataAccount = {
  @description('Address of its tables.')
  tableServiceUri: string

  @description('Address of its blobs.')
  blobServiceUri: string
}

@export()
@description('An access key of Amazon SQS clients.')
type sqsKey = {
  @description('Where Key Vault has the secret that requests are signed with. The app\'s identity must be allowed to read it.')
  secretUri: string

  @description('Some of send, receive and manage, separated by commas.')
  rights: string

  @description('Names of the queues that it is for, separated by commas; * stands for any characters, ? for one. Null: all.')
  queues: string?
}
