using System.Globalization;
using System.Reflection;
using FuncQueue.Engine;
using FuncQueue.Functions;
using FuncQueue.Functions.Access;
using FuncQueue.Functions.Dashboard;
using FuncQueue.Functions.Http;
using FuncQueue.Functions.Sqs;
using FuncQueue.Infra.Tests.Support;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace FuncQueue.Tidy.Tests.Reference;

/// <summary>No setting is read that the reference does not name, and none is named that nobody reads.</summary>
public sealed class SettingsPageTests
{
    private const string Page = "docs/reference/settings.md";

    /// <summary>Set by the Functions host, or looked up by the frameworks for themselves.</summary>
    private static readonly string[] OfOthers =
    [
        "Functions__Worker__HostEndpoint",
        "FuncQueue",
        "FuncQueueDashboard",
        "FuncQueueSqs",
        "FuncQueueSqs__Keys",
        "FuncQueueSqs__Keys__0",
    ];

    [Fact]
    public void The_page_lists_what_the_code_says()
    {
        GeneratedText.Check(Page, "app", Render(AppSettings.All));
        GeneratedText.Check(Page, "engine", Render(EngineSettings()));
        GeneratedText.Check(Page, "timers", Render(Timers()));
    }

    [Fact]
    public async Task Every_setting_that_is_read_is_on_the_page_and_every_one_on_the_page_is_read()
    {
        var asked = new List<string>();
        // By connection string, and by identity: each way reads settings of its own.
        foreach (
            var storage in (Dictionary<string, string>[])
                [
                    new() { ["FuncQueueStorage"] = "UseDevelopmentStorage=true" },
                    new()
                    {
                        ["FuncQueueStorage__tableServiceUri"] = "https://a.example/",
                        ["FuncQueueStorage__blobServiceUri"] = "https://b.example/",
                        ["FuncQueueStorage__credential"] = "managedidentity",
                        ["FuncQueueStorage__clientId"] = "x",
                    },
                    new() { ["FuncQueueStorage__0"] = "UseDevelopmentStorage=true" },
                ]
        )
        {
            // A record of options is read whole once one of them is set; what signs in is read when the clients are made.
            storage["FuncQueue__MaxMessagesPerRow"] = "64";
            storage["FuncQueueSqs__Keys__0__AccessKeyId"] = "id";
            storage["FuncQueueSqs__Keys__0__SecretAccessKey"] = "ashaNee4gahSh7io";
            storage["FuncQueueSqs__Keys__0__Rights"] = "send";
            storage["FuncQueueEntra__TenantId"] = "directory";
            storage["FuncQueueEntra__Audience"] = "api://x";
            storage["APPLICATIONINSIGHTS_CONNECTION_STRING"] =
                "InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint=https://i.example/";
            var recording = new RecordingConfiguration(storage);
            var services = new ServiceCollection();
            services.AddFuncQueueEngine(recording.Configuration);
            services.AddFuncQueueAccess(recording.Configuration, AccessPlace.FunctionsHost);
            services.AddFuncQueueHttp(recording.Configuration);
            services.AddFuncQueueDashboard(recording.Configuration);
            services.AddFuncQueueSqs(recording.Configuration, AccessPlace.FunctionsHost);
            services.AddFuncQueueTelemetry(recording.Configuration);
            services.AddLogging().AddMetrics();
            await using var provider = services.BuildServiceProvider();
            provider.GetRequiredService<QueueEngine>();
            asked.AddRange(recording.Asked);
        }

        var listed = AppSettings
            .All.Concat(EngineSettings())
            .Concat(Timers())
            .Select(s => s.Name)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        // Below a connection the client library reads what its credentials need; the page says so and names what Functions apps use.
        var unlisted = asked.Where(name =>
            !OfOthers.Contains(name) && !name.StartsWith("FuncQueueStorage__", StringComparison.Ordinal) && !listed.Contains(name)
        );
        unlisted.Distinct().ShouldBeEmpty();
        var elsewhere = Timers()
            .Select(t => t.Name)
            .Concat(AppSettings.All.Select(s => s.Name).Where(name => name.StartsWith("LocalHost__", StringComparison.Ordinal)));
        listed.Except(asked, StringComparer.OrdinalIgnoreCase).Except(elsewhere).ShouldBeEmpty();
    }

    private static IEnumerable<Setting> EngineSettings()
    {
        var defaults = new EngineOptions();
        return from option in typeof(EngineOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            where option.CanWrite
            select new Setting(
                $"FuncQueue__{option.Name}",
                XmlDocs.SummaryOf($"P:{typeof(EngineOptions).FullName}.{option.Name}"),
                $"`{Convert.ToString(option.GetValue(defaults), CultureInfo.InvariantCulture)}`"
            );
    }

    /// <summary>The schedules that timer functions take from settings, with what LocalHost has for them.</summary>
    private static IEnumerable<Setting> Timers()
    {
        using var local = System.Text.Json.JsonDocument.Parse(Repository.Read("functions/App/local.settings.json"));
        var values = local.RootElement.GetProperty("Values").EnumerateObject().ToDictionary(v => v.Name, v => v.Value.GetString());
        return
        [
            .. from type in typeof(Api).Assembly.GetTypes()
            from method in type.GetMethods()
            from parameter in method.GetParameters()
            let timer = parameter.GetCustomAttribute<TimerTriggerAttribute>()
            where timer is not null
            let name = timer.Schedule.Trim('%')
            orderby name
            select new Setting(
                name,
                $"when the timer `{method.GetCustomAttribute<FunctionAttribute>()!.Name}` runs: NCRONTAB of five or six fields, UTC",
                $"`{values[name]}` locally; Bicep sets it in Azure"
            ),
        ];
    }

    private static string Render(IEnumerable<Setting> settings) =>
        GeneratedText.Table(
            ["setting", "meaning", "default"],
            settings.Select(s => (IReadOnlyList<string>)[$"`{s.Name}`", s.Meaning, s.Default])
        );
}
