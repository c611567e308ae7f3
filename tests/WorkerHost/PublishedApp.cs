using System.Reflection;

namespace FuncQueue.WorkerHost;

/// <summary>The app as <c>dotnet publish</c> made it when this was built, and how it is deployed.</summary>
public static class PublishedApp
{
    public static string Folder { get; } =
        typeof(PublishedApp).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "PublishedApp").Value!;

    /// <summary>
    /// How the host is started with these settings beside those that every deployment has; the key of LocalHost is the host's.
    /// </summary>
    public static HostOptions Options(IReadOnlyDictionary<string, string?> settings) =>
        new()
        {
            AppFolder = Folder,
            FunctionKey = settings.GetValueOrDefault("LocalHost__HostKey"),
            Settings = new Dictionary<string, string?>
            {
                ["RedeliverExpiredLeasesSchedule"] = "*/15 * * * * *",
                ["DeadLetterPoisonMessagesSchedule"] = "*/30 * * * * *",
                ["SweepStorageSchedule"] = "0 */5 * * * *",
                ["ForwardSubscriptionsSchedule"] = "0 */5 * * * *",
                ["FuncQueueSqs__Unsigned"] = "withoutKeys",
                // As infra/modules/functionApp.bicep has them.
                ["AzureWebJobsDisableHomepage"] = "true",
                ["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"] = "134217728",
            }
                .Concat(settings)
                .GroupBy(s => s.Key)
                .ToDictionary(g => g.Key, g => g.Last().Value),
        };
}
