import { alertSettings, instanceMemory } from '../types.bicep'

@description('The unique part of names.')
param token string

@description('Region.')
param location string

@description('Tags.')
param tags { *: string }

@description('When people are told.')
param settings alertSettings

@description('Application Insights, which has what app and engine measure.')
param insightsId string

@description('The accounts for messages.')
param storageAccountIds string[]

@description('Calls /health from outside; not where the app cannot be reached from there.')
param testFromOutside bool

@description('Host name of the app.')
param appHostName string

@description('Resource id of the app.')
param appId string

@description('Memory of one of its instances in MB.')
param instanceMemoryMB instanceMemory

@description('Rules over what app and engine measure. A queue is counted by more than one process, of which one may lag: the highest count is taken.')
var logRules = [
  {
    name: 'dead-letters'
    description: 'A queue has more dead letters than it should: look at their reasons, then redrive or purge them.'
    severity: 2
    query: '''
      customMetrics
      | where name == 'funcqueue.queue.depth'
      | where tostring(customDimensions['funcqueue.message.status']) == 'deadLettered'
      | extend queue = tostring(customDimensions['messaging.destination.name'])
      | summarize measured = max(value) by queue
    '''
    dimension: 'queue'
    operator: 'GreaterThan'
    threshold: settings.deadLetters
    window: 'PT10M'
  }
  {
    name: 'oldest-message'
    description: 'A queue is not consumed as fast as it fills: its oldest message has waited for long.'
    severity: 2
    query: '''
      customMetrics
      | where name == 'funcqueue.queue.oldest_message_age'
      | extend queue = tostring(customDimensions['messaging.destination.name'])
      | summarize measured = max(value) by queue
    '''
    dimension: 'queue'
    operator: 'GreaterThan'
    threshold: settings.oldestMessageAgeSeconds
    window: 'PT10M'
  }
  {
    name: 'forwarding-lag'
    description: 'A subscription of a topic does not get on: what was routed to it has not arrived. Look at its lag, whether its target takes messages, and for a record of a later version.'
    severity: 2
    query: '''
      customMetrics
      | where name == 'funcqueue.topic.lag'
      | extend subscription = strcat(tostring(customDimensions['messaging.destination.name']), '/', tostring(customDimensions['funcqueue.subscription.name']))
      | summarize measured = min(value) by subscription
    '''
    dimension: 'subscription'
    operator: 'GreaterThan'
    threshold: settings.forwardingLag
    window: 'PT10M'
  }
  {
    name: 'group-lag'
    description: 'A group of a topic does not get on: records wait for longer than they should. Look whether its members run, and for a record that none of them can process, which a seek passes. Where keepForGroups is set nothing is removed meanwhile.'
    severity: 2
    query: '''
      customMetrics
      | where name == 'funcqueue.group.lag_time'
      | extend reader = strcat(tostring(customDimensions['messaging.destination.name']), '/', tostring(customDimensions['funcqueue.group']))
      | summarize measured = min(value) by reader
    '''
    dimension: 'reader'
    operator: 'GreaterThan'
    threshold: settings.groupLagSeconds
    window: 'PT10M'
  }
  {
    name: 'server-errors'
    description: 'Calls are answered with 5xx: storage is throttled or unreachable, or there is a fault in the app.'
    severity: 1
    query: '''
      requests
      | summarize failed = countif(toint(resultCode) >= 500), answered = count() by cloud_RoleName
      | where answered >= 20
      | extend measured = 100.0 * failed / answered
    '''
    dimension: 'cloud_RoleName'
    operator: 'GreaterThan'
    threshold: settings.serverErrorPercent
    window: 'PT10M'
  }
  {
    name: 'timers'
    description: 'A timer has not done its work for 15 minutes: expired leases, dead letters, counts and what topics forward wait for it. Look for its errors, and whether the host reaches its storage.'
    severity: 1
    query: '''
      customMetrics
      | where name == 'funcqueue.timer.runs'
      | where isempty(tostring(customDimensions['error.type']))
      | extend timer = tostring(customDimensions['funcqueue.timer.name'])
      | union (datatable(timer: string, value: real)['RedeliverExpiredLeases', 0.0, 'DeadLetterPoisonMessages', 0.0, 'SweepStorage', 0.0, 'ForwardSubscriptions', 0.0])
      | summarize measured = sum(value) by timer
    '''
    dimension: 'timer'
    operator: 'LessThan'
    threshold: 1
    window: 'PT15M'
  }
]

@description('What storage answers when it is asked for more than it gives.')
var throttled = [
  'ServerBusyError'
  'ClientThrottlingError'
  'ClientAccountBandwidthThrottlingError'
  'ClientAccountRequestThrottlingError'
  'SuccessWithThrottling'
]

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${token}'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'funcqueue'
    emailReceivers: [
      for (address, i) in settings.emails: {
        name: 'mail${i}'
        emailAddress: address
        useCommonAlertSchema: true
      }
    ]
  }
}

resource measured 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in logRules: {
    name: 'alert-${rule.name}-${token}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: 'FuncQueue: ${rule.name}'
      description: rule.description
      severity: rule.severity
      enabled: true
      scopes: [insightsId]
      evaluationFrequency: 'PT5M'
      windowSize: rule.window
      autoMitigate: true
      // The tables have no rows, and so no columns, before the app has run.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Maximum'
            metricMeasureColumn: 'measured'
            dimensions: [{ name: rule.dimension, operator: 'Include', values: ['*'] }]
            operator: rule.operator
            threshold: rule.threshold
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: { actionGroups: [people.id] }
    }
  }
]

resource throttling 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for (id, i) in storageAccountIds: {
    name: 'alert-storage-throttling${padLeft(i, 2, '0')}-${token}'
    location: 'global'
    tags: tags
    properties: {
      description: 'Storage throttles: raise the number of shards of busy queues, or dataAccountCount and spread the queues.'
      severity: 2
      enabled: true
      scopes: [id]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M'
      autoMitigate: true
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            name: 'throttled'
            criterionType: 'StaticThresholdCriterion'
            metricNamespace: 'Microsoft.Storage/storageAccounts'
            metricName: 'Transactions'
            dimensions: [{ name: 'ResponseType', operator: 'Include', values: throttled }]
            operator: 'GreaterThan'
            threshold: 100
            timeAggregation: 'Total'
          }
        ]
      }
      actions: [{ actionGroupId: people.id }]
    }
  }
]

resource availability 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for (id, i) in storageAccountIds: {
    name: 'alert-storage-availability${padLeft(i, 2, '0')}-${token}'
    location: 'global'
    tags: tags
    properties: {
      description: 'Storage fails to answer: calls end with storage-unavailable or outcome-unknown.'
      severity: 1
      enabled: true
      scopes: [id]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M'
      autoMitigate: true
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            name: 'available'
            criterionType: 'StaticThresholdCriterion'
            metricNamespace: 'Microsoft.Storage/storageAccounts'
            metricName: 'Availability'
            operator: 'LessThan'
            threshold: 99
            timeAggregation: 'Average'
          }
        ]
      }
      actions: [{ actionGroupId: people.id }]
    }
  }
]

resource memory 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'alert-memory-${token}'
  location: 'global'
  tags: tags
  properties: {
    description: 'An instance is short of memory, which host and app share: send large bodies chunked, lower httpConcurrency, or raise instanceMemoryMB.'
    severity: 2
    enabled: true
    scopes: [appId]
    evaluationFrequency: 'PT1M'
    windowSize: 'PT5M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'used'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.Web/sites'
          metricName: 'MemoryWorkingSet'
          dimensions: [{ name: 'Instance', operator: 'Include', values: ['*'] }]
          operator: 'GreaterThan'
          threshold: instanceMemoryMB * 1024 * 1024 / 100 * settings.memoryPercent
          timeAggregation: 'Average'
        }
      ]
    }
    actions: [{ actionGroupId: people.id }]
  }
}

resource health 'Microsoft.Insights/webtests@2022-06-15' = if (testFromOutside) {
  name: 'health-${token}'
  location: location
  // This link is how Application Insights finds the test.
  tags: union(tags, { 'hidden-link:${insightsId}': 'Resource' })
  kind: 'standard'
  properties: {
    SyntheticMonitorId: 'health-${token}'
    Name: 'FuncQueue: health'
    Description: 'Asks /health, which looks at storage and at the clock.'
    Enabled: true
    Kind: 'standard'
    Frequency: settings.healthTestMinutes! * 60
    Timeout: 30
    RetryEnabled: true
    Locations: [
      { Id: 'emea-nl-ams-azr' }
      { Id: 'emea-gb-db3-azr' }
      { Id: 'us-va-ash-azr' }
      { Id: 'us-ca-sjc-azr' }
      { Id: 'apac-sg-sin-azr' }
    ]
    Request: {
      RequestUrl: 'https://${appHostName}/health'
      HttpVerb: 'GET'
      ParseDependentRequests: false
    }
    ValidationRules: {
      ExpectedHttpStatusCode: 200
      SSLCheck: true
      SSLCertRemainingLifetimeCheck: 7
    }
  }
}

resource unhealthy 'Microsoft.Insights/metricAlerts@2018-03-01' = if (testFromOutside) {
  name: 'alert-health-${token}'
  location: 'global'
  // Both links are how Application Insights finds the alert.
  tags: union(tags, {
    'hidden-link:${insightsId}': 'Resource'
    'hidden-link:${health.id}': 'Resource'
  })
  properties: {
    description: 'The app does not answer /health with 200 from two places at least.'
    severity: 1
    enabled: true
    scopes: [health.id, insightsId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: health.id
      componentId: insightsId
      failedLocationCount: 2
    }
    actions: [{ actionGroupId: people.id }]
  }
}
