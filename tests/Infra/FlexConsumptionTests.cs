using System.Globalization;

namespace FuncQueue.Infra.Tests;

/// <summary>What Flex Consumption has that other plans have not, and the other way round.</summary>
public sealed class FlexConsumptionTests(BicepServer bicep)
{
    private const string Children = "Microsoft.Web/sites/";

    /// <summary>
    /// Site properties, wherever in a site they stand, as listed under "Flex Consumption plan deprecations" of the app settings reference
    /// (https://learn.microsoft.com/azure/azure-functions/functions-app-settings#flex-consumption-plan-deprecations); and, below the
    /// line, others that a deployment was refused for with code 51021
    /// (https://github.com/microsoft/azure-pipelines-tasks/issues/21032 and
    /// https://github.com/Azure/terraform-azurerm-avm-res-web-site/pull/345).
    /// </summary>
    private static readonly HashSet<string> DeprecatedProperties = new(StringComparer.OrdinalIgnoreCase)
    {
        "alwaysOn",
        "containerSize",
        "ftpsState",
        "isReserved",
        "isXenon",
        "javaVersion",
        "linuxFxVersion",
        "netFrameworkVersion",
        "powerShellVersion",
        "functionAppScaleLimit",
        "preWarmedInstanceCount",
        "use32BitWorkerProcess",
        "vnetBackupRestoreEnabled",
        "vnetContentShareEnabled",
        "vnetImagePullEnabled",
        "vnetRouteAllEnabled",
        "windowsFxVersion",
        // ----
        "functionsRuntimeScaleMonitoringEnabled",
        "minimumElasticInstanceCount",
        "webSocketsEnabled",
    };

    /// <summary>App settings of the same list.</summary>
    private static readonly HashSet<string> DeprecatedSettings = new(StringComparer.OrdinalIgnoreCase)
    {
        "ENABLE_ORYX_BUILD",
        "FUNCTIONS_EXTENSION_VERSION",
        "FUNCTIONS_WORKER_RUNTIME",
        "FUNCTIONS_WORKER_RUNTIME_VERSION",
        "FUNCTIONS_MAX_HTTP_CONCURRENCY",
        "FUNCTIONS_WORKER_PROCESS_COUNT",
        "FUNCTIONS_WORKER_DYNAMIC_CONCURRENCY_ENABLED",
        "SCM_DO_BUILD_DURING_DEPLOYMENT",
        "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING",
        "WEBSITE_CONTENTOVERVNET",
        "WEBSITE_CONTENTSHARE",
        "WEBSITE_DNS_SERVER",
        "WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT",
        "WEBSITE_NODE_DEFAULT_VERSION",
        "WEBSITE_RUN_FROM_PACKAGE",
        "WEBSITE_SKIP_CONTENTSHARE_VALIDATION",
        "WEBSITE_VNET_ROUTE_ALL",
    };

    public static TheoryData<string> ParameterFiles => InfraFolder.ParameterFiles;

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public async Task No_property_or_setting_that_Flex_Consumption_has_given_up_is_set(string file)
    {
        var deployment = await bicep.PredictAsync(file);
        var children = deployment.Resources.Where(r => r.Type.StartsWith(Children, StringComparison.Ordinal));
        var sites = children.Append(deployment.Only("Microsoft.Web/sites")).ToList();
        var names = sites.SelectMany(site => Names(site.Json)).ToList();
        names.ShouldContain("functionAppConfig");
        names.ShouldContain("minTlsVersion");
        names.Where(DeprecatedProperties.Contains).ShouldBeEmpty();
        deployment.AppSettings.Keys.Where(DeprecatedSettings.Contains).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_property_that_Flex_Consumption_has_given_up_would_be_found()
    {
        using var copy = new InfraCopy();
        const string module = "modules/functionApp.bicep";
        var source = await File.ReadAllTextAsync(copy.File(module), TestContext.Current.CancellationToken);
        source.ShouldContain("siteConfig: {\n");
        await copy.WriteAsync(
            module,
            source.Replace("siteConfig: {\n", "siteConfig: {\n      ftpsState: 'Disabled'\n", StringComparison.Ordinal)
        );
        var site = (await bicep.PredictAsync(copy.File("dev.bicepparam"), "dev with FTP")).Only("Microsoft.Web/sites");
        Names(site.Json).Where(DeprecatedProperties.Contains).ShouldBe(["ftpsState"]);
    }

    [Fact]
    public async Task Children_of_the_site_are_made_one_after_the_other()
    {
        var template = await bicep.CompileAsync(InfraFolder.File("modules/functionApp.bicep"));
        var needs = template["resources"]!
            .AsObject()
            .Where(r => r.Value!["type"]!.GetValue<string>().StartsWith(Children, StringComparison.Ordinal))
            .ToDictionary(r => r.Key, r => r.Value!["dependsOn"]?.AsArray().Select(n => n!.GetValue<string>()).ToList() ?? []);
        needs.Count.ShouldBe(3);
        // In a chain each child waits for the one before it, and all but the first for another child.
        var first = needs.Where(child => !child.Value.Any(needs.ContainsKey)).ShouldHaveSingleItem().Key;
        var chain = new List<string> { first };
        while (needs.Where(child => child.Value.Contains(chain[^1])).Select(child => child.Key).ToList() is [var next])
            chain.Add(next);
        chain.ShouldBe(needs.Keys, ignoreOrder: true);
        needs.Values.ShouldAllBe(children => children.Contains("app"));
    }

    [Theory]
    [InlineData("dev", 512, "0", "16777216")]
    [InlineData("prod", 2048, null, null)]
    [InlineData("prod-private", 2048, null, null)]
    public async Task What_requests_may_hold_and_how_memory_is_collected_go_by_the_memory_of_an_instance(
        string file,
        int megabytes,
        string? serverCollection,
        string? longest
    )
    {
        var deployment = await bicep.PredictAsync(file);
        deployment.Only("Microsoft.Web/sites").At("functionAppConfig.scaleAndConcurrency.instanceMemoryMB").Is(megabytes).ShouldBeTrue();
        deployment.AppSettings["FuncQueue__MaxRequestMemory"].ShouldBe($"{megabytes * 1024L * 1024 / 4}");
        deployment.AppSettings.GetValueOrDefault("DOTNET_gcServer").ShouldBe(serverCollection);
        // The host holds such a body twice: a few at a time must fit beside host and app.
        deployment.AppSettings.GetValueOrDefault("FuncQueue__MaxBodyByLength").ShouldBe(longest);
    }

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public async Task The_host_lets_the_longest_body_through_in_chunks_too_and_leaves_the_root_to_the_app(string file)
    {
        var settings = (await bicep.PredictAsync(file)).AppSettings;
        // A chunk of 1 KiB or more adds at most 8 bytes of framing, which the host counts.
        const long longest = 100L * 1024 * 1024;
        var limit = long.Parse(settings["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"], CultureInfo.InvariantCulture);
        limit.ShouldBeGreaterThan(longest + (longest / 1024 * 8));
        settings["AzureWebJobsDisableHomepage"].ShouldBe("true");
    }

    [Fact]
    public async Task The_address_that_callers_know_reaches_the_app_when_it_is_given()
    {
        using var copy = new InfraCopy();
        var file = copy.File("dev.bicepparam");
        var source = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        await copy.WriteAsync("dev.bicepparam", source + "\nparam publicUrl = 'https://queue.example'\n");
        (await bicep.PredictAsync(file, "dev behind a gateway")).AppSettings["FuncQueue__PublicUrl"].ShouldBe("https://queue.example");
        (await bicep.PredictAsync("dev")).AppSettings.ShouldNotContainKey("FuncQueue__PublicUrl");
    }

    private static IEnumerable<string> Names(JsonNode? node) =>
        node switch
        {
            JsonObject members => members.SelectMany(member => Names(member.Value).Prepend(member.Key)),
            JsonArray items => items.SelectMany(Names),
            _ => [],
        };
}
