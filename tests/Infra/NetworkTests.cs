namespace FuncQueue.Infra.Tests;

/// <summary>Who can reach what: everybody over the Internet with an identity, or, where it is closed, only the network.</summary>
public sealed class NetworkTests(BicepServer bicep)
{
    private const string Closed = "prod-private";

    [Fact]
    public async Task The_private_deployment_has_no_public_network_access_anywhere()
    {
        var deployment = await bicep.PredictAsync(Closed);
        foreach (var account in deployment.OfType("Microsoft.Storage/storageAccounts"))
        {
            account.Properties["publicNetworkAccess"].Is("Disabled").ShouldBeTrue(account.ToString());
            account.At("networkAcls.defaultAction").Is("Deny").ShouldBeTrue(account.ToString());
        }

        deployment.Only("Microsoft.Web/sites").Properties["publicNetworkAccess"].Is("Disabled").ShouldBeTrue();
        foreach (var type in new[] { "Microsoft.Insights/components", "Microsoft.OperationalInsights/workspaces" })
        {
            deployment.Only(type).Properties["publicNetworkAccessForIngestion"].Is("Disabled").ShouldBeTrue(type);
            deployment.Only(type).Properties["publicNetworkAccessForQuery"].Is("Disabled").ShouldBeTrue(type);
        }

        deployment.Resources.SelectMany(r => PublicAccess(r.Properties)).ShouldAllBe(access => access == "Disabled");
        // A test from the Internet could only fail.
        deployment.OfType("Microsoft.Insights/webtests").ShouldBeEmpty();
        deployment.OfType("Microsoft.Network/publicIPAddresses").ShouldBeEmpty();
    }

    [Fact]
    public async Task Everything_that_is_closed_has_a_private_endpoint_with_a_name()
    {
        var deployment = await bicep.PredictAsync(Closed);
        var host = deployment.AppSettings["AzureWebJobsStorage__accountName"];
        var expected = new List<(string Target, string Service)>
        {
            (deployment.Only("Microsoft.Web/sites").Id, "sites"),
            (deployment.Only("Microsoft.Insights/privateLinkScopes").Id, "azuremonitor"),
        };
        foreach (var account in deployment.OfType("Microsoft.Storage/storageAccounts"))
            expected.AddRange((account.Name == host ? new[] { "blob", "queue", "table" } : ["blob", "table"]).Select(service => (account.Id, service)));
        var endpoints = deployment.OfType("Microsoft.Network/privateEndpoints");
        var links = endpoints.Select(e => e.At("privateLinkServiceConnections")!.AsArray().ShouldHaveSingleItem()!["properties"]!);
        links.Select(l => (l["privateLinkServiceId"]!.GetValue<string>(), l["groupIds"]!.AsArray().ShouldHaveSingleItem()!.GetValue<string>())).ShouldBe(expected, ignoreOrder: true);
        foreach (var endpoint in endpoints)
        {
            var group = deployment.OfType("Microsoft.Network/privateEndpoints/privateDnsZoneGroups").Where(g => g.Id.StartsWith(endpoint.Id + "/", StringComparison.Ordinal)).ShouldHaveSingleItem();
            group.Properties["privateDnsZoneConfigs"]!.AsArray().ShouldNotBeEmpty();
        }

        deployment.OfType("Microsoft.Insights/privateLinkScopes/scopedResources").Select(s => s.Properties["linkedResourceId"]!.GetValue<string>())
            .ShouldBe([deployment.Only("Microsoft.OperationalInsights/workspaces").Id, deployment.Only("Microsoft.Insights/components").Id], ignoreOrder: true);
    }

    [Fact]
    public async Task Every_zone_is_seen_by_the_network_and_the_app_is_in_it()
    {
        var deployment = await bicep.PredictAsync(Closed);
        var network = deployment.Only("Microsoft.Network/virtualNetworks");
        var zones = deployment.OfType("Microsoft.Network/privateDnsZones");
        zones.Count.ShouldBe(8);
        var links = deployment.OfType("Microsoft.Network/privateDnsZones/virtualNetworkLinks");
        links.Count.ShouldBe(zones.Count);
        links.ShouldAllBe(l => l.At("virtualNetwork.id").Is(network.Id));
        deployment.Only("Microsoft.Web/sites").Properties["virtualNetworkSubnetId"].Is(network.Id + "/subnets/app").ShouldBeTrue();
        var subnet = network.Properties["subnets"]!.AsArray().Single(s => s!["name"].Is("app"))!;
        subnet["properties"]!["delegations"]![0]!["properties"]!["serviceName"].Is("Microsoft.App/environments").ShouldBeTrue();
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    public async Task The_open_deployments_have_no_network_to_pay_for(string file) =>
        (await bicep.PredictAsync(file)).Resources.ShouldAllBe(r => !r.Type.StartsWith("Microsoft.Network/", StringComparison.Ordinal));

    [Fact]
    public async Task Clients_of_SQS_show_a_signature_and_no_token()
    {
        using var copy = new InfraCopy();
        var file = copy.File("dev.bicepparam");
        await copy.WriteAsync("dev.bicepparam", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)
            + "\nparam entra = {\n  clientId: '9c1c4b4e-2c7f-4f0a-8a49-6f1f0a0e6c11'\n  audiences: ['api://funcqueue']\n}\nparam sqsKeys = {\n  k: {\n    secretUri: 'https://vault.example/secrets/k'\n    rights: 'send'\n  }\n}\n");
        var auth = (await bicep.PredictAsync(file, "dev with Entra ID and SQS")).Only("Microsoft.Web/sites/config", "authsettingsV2");
        auth.At("globalValidation.excludedPaths")!.AsArray().Select(p => p!.GetValue<string>()).ShouldBe(["/health", "/sqs", "/sqs/*"]);
    }

    [Fact]
    public async Task Entra_ID_when_asked_for_answers_401_to_callers_without_a_token_except_on_health()
    {
        using var copy = new InfraCopy();
        const string client = "9c1c4b4e-2c7f-4f0a-8a49-6f1f0a0e6c11";
        var file = copy.File("dev.bicepparam");
        await copy.WriteAsync("dev.bicepparam", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken) + $"\nparam entra = {{\n  clientId: '{client}'\n  audiences: ['api://{client}']\n}}\n");
        var deployment = await bicep.PredictAsync(file, "dev with Entra ID");
        var auth = deployment.Only("Microsoft.Web/sites/config", "authsettingsV2");
        auth.At("platform.enabled").Is(true).ShouldBeTrue();
        auth.At("globalValidation.requireAuthentication").Is(true).ShouldBeTrue();
        auth.At("globalValidation.unauthenticatedClientAction").Is("Return401").ShouldBeTrue();
        auth.At("globalValidation.excludedPaths")!.AsArray().ShouldHaveSingleItem().Is("/health").ShouldBeTrue();
        auth.At("identityProviders.azureActiveDirectory.registration.clientId").Is(client).ShouldBeTrue();
        auth.At("identityProviders.azureActiveDirectory.validation.allowedAudiences")!.AsArray().ShouldHaveSingleItem().Is("api://" + client).ShouldBeTrue();
        (await bicep.PredictAsync("dev")).OfType("Microsoft.Web/sites/config").ShouldAllBe(c => !c.Name.EndsWith("/authsettingsV2", StringComparison.Ordinal));
    }

    private static IEnumerable<string> PublicAccess(JsonObject properties) =>
        properties.Where(p => p.Key.StartsWith("publicNetworkAccess", StringComparison.Ordinal)).Select(p => p.Value!.GetValue<string>());
}
