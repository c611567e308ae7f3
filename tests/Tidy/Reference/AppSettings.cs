using FuncQueue.Engine;
using FuncQueue.Functions.Access;
using FuncQueue.Functions.Http;
using FuncQueue.LocalHost.Http;

namespace FuncQueue.Tidy.Tests.Reference;

/// <summary>
/// The settings that no record of options describes. Their names are the code's; a test holds the list against what is read.
/// </summary>
internal static class AppSettings
{
    public static IReadOnlyList<Setting> All { get; } =
    [
        new(
            "FuncQueueStorage",
            "connection string of the storage account",
            "none: locally an Azurite is started, in Azure the app does not start"
        ),
        new("FuncQueueStorage__tableServiceUri", "instead: the address of the account's tables, reached by identity", ""),
        new("FuncQueueStorage__blobServiceUri", "and of its blobs", ""),
        new("FuncQueueStorage__credential", "`managedidentity`", "the default Azure credential"),
        new("FuncQueueStorage__clientId", "which managed identity", "the app's own"),
        new(
            "FuncQueueStorage__0",
            "instead: several accounts, numbered from 0, each set as above (`FuncQueueStorage__1__tableServiceUri`). New "
                + "queues are spread over them; the first has the registry of queues. Add accounts at the end; never take one away "
                + "or move it",
            "one account"
        ),
        new(
            Name(RequestMemory.Setting),
            "bytes that the bodies and answers of all requests under way may take together; beyond it callers get 429",
            "268435456, 256 MiB (Bicep sets a quarter of the instance)"
        ),
        new(
            Name(MeasuredBodies.Setting),
            "longest body that may come with a Content-Length, in bytes: the Functions host holds such a body twice. Longer "
                + "ones must come chunked (else 413); 1048576 to 104857600",
            $"{Limits.MaxBodyBytes}"
        ),
        new(
            Name(PublicUrl.Setting),
            "the address that callers know, where a gateway stands before the app; for links and for the signatures of SQS clients",
            "what the request and its `X-Forwarded-Proto`, `-Host` and `-Port` say; `Forwarded` and `X-Forwarded-Prefix` are not looked at"
        ),
        new("FuncQueueSqs__AccountId", "the account in URLs and ARNs of queues: 12 digits", "`000000000000`"),
        new("FuncQueueSqs__Region", "the region there", "`us-east-1`"),
        new(
            "FuncQueueSqs__Unsigned",
            "whether SQS requests without a signature are taken: `never`, `withoutKeys` (while there is no key, neither here nor made "
                + "over HTTP; signatures are then not looked at), `always` (locally only)",
            "`never`; locally `withoutKeys`, also beside a `LocalHost__HostKey`"
        ),
        new("FuncQueueSqs__Keys__0__AccessKeyId", "an access key of SQS clients; further ones under `1`, `2`, …", "none"),
        new("FuncQueueSqs__Keys__0__SecretAccessKey", "its secret: at least 16 bytes, and no example from documentation", "must be set"),
        new(
            "FuncQueueSqs__Keys__0__Rights",
            "some of `send`, `receive` (delete and change visibility too) and `manage` (create, change, purge, delete and move tasks, "
                + "without the other two), separated by commas. Every key may look its queues up",
            "must be set"
        ),
        new("FuncQueueSqs__Keys__0__Queues", "names of its queues, separated by commas; `*` stands for any characters, `?` for one", "`*`"),
        new("FuncQueueEntra__TenantId", "the directory whose Entra ID tokens are taken, beside keys", "none: no tokens"),
        new("FuncQueueEntra__Audience", "whom a token must be for; several are separated by commas", "must be set beside a TenantId"),
        new(
            "FuncQueueEntra__Authority",
            "where the cloud of the directory signs people in: https, or http on the same machine",
            $"`{EntraOptions.DefaultAuthority}`"
        ),
        new("FuncQueueDashboard__Enabled", "whether `/dashboard` is served: `true` or `false`", "`true`"),
        new(
            "FuncQueueDashboard__EntraClientId",
            "the application, a public client, with which users of the dashboard sign in to the directory of `FuncQueueEntra__TenantId`",
            "none: they show keys"
        ),
        new(
            Name(HttpFunctions.HostKeySetting),
            "locally: stands for the Functions host's key, which opens `/host/keys` (`x-functions-key` or `?code=`); callers need a key "
                + "from the start then; at least 16 bytes",
            "none: no key needed until the first one exists"
        ),
        new(Name(SlowCallers.HeadersSetting), "locally: how many seconds the headers of a request may take; 2 to 3600", "15"),
        new(
            Name(SlowCallers.GraceSetting),
            "locally: how many seconds a body, or the reading of an answer, may be slower than 1 KiB/s; 2 to 3600",
            "10"
        ),
        new(
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "where metrics and traces are sent (OTLP); the standard `OTEL_…` variables hold",
            "none: nothing is sent"
        ),
        new("APPLICATIONINSIGHTS_CONNECTION_STRING", "the Application Insights that they are sent to", "none"),
        new(
            "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
            "`ClientId=…;Authorization=AAD`: the managed identity that signs in there",
            "none: no sign-in"
        ),
    ];

    /// <summary>As an environment variable.</summary>
    public static string Name(string setting) => setting.Replace(":", "__", StringComparison.Ordinal);
}
