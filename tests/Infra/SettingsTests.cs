using System.Text.RegularExpressions;
using FuncQueue.Engine;
using FuncQueue.Engine.Storage;
using FuncQueue.Functions;
using FuncQueue.Functions.Access;
using FuncQueue.Functions.Http;
using FuncQueue.Functions.Sqs;
using FuncQueue.Functions.Sqs.Access;
using Microsoft.Extensions.DependencyInjection;

namespace FuncQueue.Infra.Tests;

/// <summary>
/// The settings that Bicep sets are exactly those that the app and its host read, and they lead to the resources that are made.
/// </summary>
public sealed partial class SettingsTests(BicepServer bicep)
{
    private const string ClientId = "9c1c4b4e-2c7f-4f0a-8a49-6f1f0a0e6c11";

    /// <summary>What the Functions host and the runtime read.</summary>
    private static readonly string[] OfTheHost =
    [
        "AzureWebJobsStorage__accountName",
        "AzureWebJobsStorage__credential",
        "AzureWebJobsStorage__clientId",
        "AzureWebJobsDisableHomepage",
        "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT",
        "DOTNET_gcServer",
    ];

    /// <summary>The host's address, which it gives its worker as an argument.</summary>
    private const string OfTheWorker = "Functions__Worker__HostEndpoint";

    public static TheoryData<string> ParameterFiles => InfraFolder.ParameterFiles;

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public async Task Bicep_sets_exactly_what_is_read(string file)
    {
        var settings = Resolved(await bicep.PredictAsync(file));
        var asked = (await StartAsync(settings)).Asked;
        var read = asked.Concat(TimerFunctions.ScheduleSettings).Concat(OfTheHost).Intersect(settings.Keys);
        settings.Keys.ShouldBe(read, ignoreOrder: true);
        // What else the app asks for has a default: the engine's options, a collector, and other ways to sign in to storage.
        asked
            .Except(settings.Keys)
            .Where(name => !name.StartsWith("FuncQueue", StringComparison.Ordinal))
            .ShouldBe(["OTEL_EXPORTER_OTLP_ENDPOINT", OfTheWorker], ignoreOrder: true);
    }

    [Fact]
    public async Task A_missing_address_of_storage_is_told_by_the_name_of_its_setting()
    {
        var settings = Resolved(await bicep.PredictAsync("dev"));
        foreach (var needed in settings.Keys.Where(name => name.EndsWith("ServiceUri", StringComparison.Ordinal)))
            (
                await Should.ThrowAsync<InvalidOperationException>(() => StartAsync(settings.Where(s => s.Key != needed).ToDictionary()))
            ).Message.ShouldContain(needed);
    }

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public async Task The_app_finds_each_data_account_under_its_address_the_first_one_first(string file)
    {
        var deployment = await bicep.PredictAsync(file);
        var host = deployment.AppSettings["AzureWebJobsStorage__accountName"];
        var accounts = deployment.OfType("Microsoft.Storage/storageAccounts").Select(a => a.Name).ToList();
        accounts.ShouldContain(host);
        accounts.Remove(host);
        accounts.ShouldBe(accounts.Order(StringComparer.Ordinal));
        await using var services = Services(new RecordingConfiguration(Resolved(deployment)));
        var storage = services.GetRequiredService<IReadOnlyList<StorageClients>>();
        storage.Select(s => s.Reads.Uri.Host).ShouldBe(accounts.Select(name => $"{name}.table.core.example"));
        storage.Select(s => s.Blobs.Uri.Host).ShouldBe(accounts.Select(name => $"{name}.blob.core.example"));
        deployment.Outputs["FUNCQUEUE_DATA_ACCOUNTS"]!.AsArray().Select(a => a!.GetValue<string>()).ShouldBe(accounts);
    }

    [Fact]
    public async Task Access_keys_of_SQS_clients_arrive_as_the_app_reads_them_with_their_secrets_left_in_the_vault()
    {
        using var copy = new InfraCopy();
        await copy.WriteAsync(
            "dev.bicepparam",
            await File.ReadAllTextAsync(copy.File("dev.bicepparam"), TestContext.Current.CancellationToken)
                + """

                param sqsKeys = {
                  worker: {
                    secretUri: 'https://vault.example/secrets/worker'
                    rights: 'send,receive'
                    queues: 'orders*,mails'
                  }
                  admin: {
                    secretUri: 'https://vault.example/secrets/admin'
                    rights: 'manage'
                  }
                }
                """
        );
        var deployment = await bicep.PredictAsync(copy.File("dev.bicepparam"), "dev");
        deployment
            .AppSettings["FuncQueueSqs__Keys__1__SecretAccessKey"]
            .ShouldBe("@Microsoft.KeyVault(SecretUri=https://vault.example/secrets/worker)");
        var keys = SqsOptions.Read(new RecordingConfiguration(Resolved(deployment)).Configuration, AccessPlace.FunctionsHost).Keys;
        keys.Keys.ShouldBe(["admin", "worker"], ignoreOrder: true);
        keys["worker"].Caller.Grant.Rights.ShouldBe(Rights.Send | Rights.Receive | Rights.Inspect);
        keys["admin"].Caller.Grant.Rights.ShouldBe(Rights.Manage | Rights.Redrive | Rights.Inspect);
        (MayReach("worker", "orders-eu"), MayReach("worker", "parcels"), MayReach("admin", "parcels")).ShouldBe((true, false, true));
        // Whoever reads the vault for the app is the app's own identity.
        var app = deployment.Only("Microsoft.Web/sites");
        app.At("keyVaultReferenceIdentity")!
            .GetValue<string>()
            .ShouldBe(deployment.Only("Microsoft.ManagedIdentity/userAssignedIdentities").Id);

        bool MayReach(string key, string queue) => keys[key].Caller.Grant.Reaches(Resource.Queue(queue));
    }

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public async Task No_setting_holds_a_secret_or_an_empty_value(string file)
    {
        foreach (var (name, value) in (await bicep.PredictAsync(file)).AppSettings)
        {
            value.ShouldNotBeNullOrWhiteSpace(name);
            value.ShouldNotContain("AccountKey", Case.Insensitive, name);
            value.ShouldNotContain("sig=", Case.Insensitive, name);
        }
    }

    [Fact]
    public void The_host_sends_its_telemetry_as_the_worker_does_and_adds_nothing_to_routes()
    {
        var host = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "functions", "App", "host.json")))!;
        host["telemetryMode"].Is("OpenTelemetry").ShouldBeTrue();
        host["extensions"]!["http"]!["routePrefix"].Is("").ShouldBeTrue();
        // Flex Consumption ignores such limits here; they are parameters.
        host["extensions"]!["http"]!.AsObject().Count.ShouldBe(1);
    }

    /// <summary>The settings with what only Azure knows filled in.</summary>
    private static Dictionary<string, string> Resolved(PredictedDeployment deployment) =>
        deployment.AppSettings.ToDictionary(
            s => s.Key,
            s =>
                s.Value switch
                {
                    var uri when Address().Match(uri) is { Success: true } match =>
                        $"https://{match.Groups["account"].Value}.{match.Groups["service"].Value}.core.example",
                    ['[', ..] when s.Key == "APPLICATIONINSIGHTS_CONNECTION_STRING" =>
                        "InstrumentationKey=3b1b7a52-7f0e-4d43-8f7b-0d5f6a3d9e10;IngestionEndpoint=https://ingestion.example/",
                    ['[', ..] when s.Key == "APPLICATIONINSIGHTS_AUTHENTICATION_STRING" => $"ClientId={ClientId};Authorization=AAD",
                    ['[', ..] when s.Key.EndsWith("__clientId", StringComparison.Ordinal) => ClientId,
                    ['[', ..] => throw new InvalidOperationException($"{s.Key} is {s.Value}."),
                    var literal => literal,
                }
        );

    /// <summary>Puts the app together as Program.cs does, as far as settings are read.</summary>
    private static async Task<RecordingConfiguration> StartAsync(Dictionary<string, string> settings)
    {
        var configuration = new RecordingConfiguration(settings.Append(new(OfTheWorker, "http://127.0.0.1:1")));
        await using var services = Services(configuration);
        services.GetRequiredService<QueueEngine>();
        return configuration;
    }

    private static ServiceProvider Services(RecordingConfiguration configuration)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddMetrics();
        services.AddFuncQueueEngine(configuration.Configuration);
        services.AddFuncQueueAccess(configuration.Configuration, AccessPlace.FunctionsHost);
        services.AddFuncQueueHttp(configuration.Configuration);
        services.AddFuncQueueSqs(configuration.Configuration, AccessPlace.FunctionsHost);
        services.AddFuncQueueTelemetry(configuration.Configuration);
        return services.BuildServiceProvider();
    }

    [GeneratedRegex(
        @"^\[format\('https://\{0\}\.(?<service>table|blob)\.\{1\}', '(?<account>[a-z0-9]+)', environment\(\)\.suffixes\.storage\)\]$"
    )]
    private static partial Regex Address();
}
