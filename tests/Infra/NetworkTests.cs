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
            expected.AddRange(
                (account.Name == host ? new[] { "blob", "queue", "table" } : ["blob", "table"]).Select(service => (account.Id, service))
            );
        var endpoints = deployment.OfType("Microsoft.Network/privateEndpoints");
        var links = endpoints.Select(e => e.At("privateLinkServiceConnections")!.AsArray().ShouldHaveSingleItem()!["properties"]!);
        links
            .Select(l =>
                (l["privateLinkServiceId"]!.GetValue<string>(), l["groupIds"]!.AsArray().ShouldHaveSingleItem()!.GetValue<string>())
            )
            .ShouldBe(expected, ignoreOrder: true);
        foreach (var endpoint in endpoints)
        {
            var group = deployment
                .OfType("Microsoft.Network/privateEndpoints/privateDnsZoneGroups")
                .Where(g => g.Id.StartsWith(endpoint.Id + "/", StringComparison.Ordinal))
                .ShouldHaveSingleItem();
            group.Properties["privateDnsZoneConfigs"]!.AsArray().ShouldNotBeEmpty();
        }

        deployment
            .OfType("Microsoft.Insights/privateLinkScopes/scopedResources")
            .Select(s => s.Properties["linkedResourceId"]!.GetValue<string>())
            .ShouldBe(
                [deployment.Only("Microsoft.OperationalInsights/workspaces").Id, deployment.Only("Microsoft.Insights/components").Id],
                ignoreOrder: true
            );
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
    public async Task Entra_ID_when_asked_for_is_the_apps_to_check_and_nothing_stands_before_it()
    {
        using var copy = new InfraCopy();
        const string client = "9c1c4b4e-2c7f-4f0a-8a49-6f1f0a0e6c11";
        const string directory = "1c9f3d52-6a54-4c39-9c35-0d5d1f3a7e22";
        var file = copy.File("dev.bicepparam");
        await copy.WriteAsync(
            "dev.bicepparam",
            await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)
                + $"\nparam entra = {{\n  clientId: '{client}'\n  audiences: ['api://{client}']\n  tenantId: '{directory}'\n}}\n"
        );
        var deployment = await bicep.PredictAsync(file, "dev with Entra ID");
        deployment.AppSettings["FuncQueueEntra__TenantId"].ShouldBe(directory);
        deployment.AppSettings["FuncQueueEntra__Audience"].ShouldBe($"{client},api://{client}");
        deployment.AppSettings["FuncQueueEntra__Authority"].ShouldContain("loginEndpoint");
        foreach (var predicted in new[] { deployment, await bicep.PredictAsync("dev") })
            predicted.OfType("Microsoft.Web/sites/config").ShouldAllBe(c => !c.Name.EndsWith("/authsettingsV2", StringComparison.Ordinal));
        (await bicep.PredictAsync("dev")).AppSettings.Keys.ShouldAllBe(name =>
            !name.StartsWith("FuncQueueEntra", StringComparison.Ordinal)
        );
    }

    private static IEnumerable<string> PublicAccess(JsonObject properties) =>
        properties.Where(p => p.Key.StartsWith("publicNetworkAccess", StringComparison.Ordinal)).Select(p => p.Value!.GetValue<string>());
}
