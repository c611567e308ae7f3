namespace FuncQueue.Infra.Tests;

/// <summary>What holds for every resource of every deployment.</summary>
public sealed class PolicyTests(BicepServer bicep)
{
    /// <summary>Types that Azure gives no tags.</summary>
    private static readonly HashSet<string> Untaggable =
    [
        "Microsoft.Authorization/roleAssignments",
        "Microsoft.Insights/diagnosticSettings",
        "Microsoft.Insights/privateLinkScopes/scopedResources",
        "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
        "Microsoft.Storage/storageAccounts/blobServices",
        "Microsoft.Storage/storageAccounts/blobServices/containers",
        "Microsoft.Storage/storageAccounts/tableServices",
        "Microsoft.Web/sites/basicPublishingCredentialsPolicies",
        "Microsoft.Web/sites/config",
    ];

    public static TheoryData<string> ParameterFiles => InfraFolder.ParameterFiles;

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public async Task The_prediction_is_whole(string file) => (await bicep.PredictAsync(file)).Diagnostics.ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public async Task Storage_takes_no_shared_key_and_shows_no_blob_to_the_public(string file)
    {
        var deployment = await bicep.PredictAsync(file);
        var accounts = deployment.OfType("Microsoft.Storage/storageAccounts");
        accounts.Count.ShouldBeGreaterThanOrEqualTo(2);
        foreach (var account in accounts)
        {
            account.Properties["allowSharedKeyAccess"].Is(false).ShouldBeTrue(account.ToString());
            account.Properties["defaultToOAuthAuthentication"].Is(true).ShouldBeTrue(account.ToString());
            account.Properties["allowBlobPublicAccess"].Is(false).ShouldBeTrue(account.ToString());
            account.Properties["allowCrossTenantReplication"].Is(false).ShouldBeTrue(account.ToString());
            account.Properties["supportsHttpsTrafficOnly"].Is(true).ShouldBeTrue(account.ToString());
            account.Properties["minimumTlsVersion"].Is("TLS1_2").ShouldBeTrue(account.ToString());
        }

        foreach (var container in deployment.OfType("Microsoft.Storage/storageAccounts/blobServices/containers"))
            container.Properties["publicAccess"].Is("None").ShouldBeTrue(container.ToString());
    }

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public async Task Nothing_removes_payloads_by_their_age(string file) =>
        (await bicep.PredictAsync(file)).OfType("Microsoft.Storage/storageAccounts/managementPolicies").ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public async Task The_app_speaks_TLS_1_2_or_later_only_and_takes_no_code_by_password(string file)
    {
        var deployment = await bicep.PredictAsync(file);
        var app = deployment.Only("Microsoft.Web/sites");
        app.Properties["httpsOnly"].Is(true).ShouldBeTrue();
        app.At("siteConfig.minTlsVersion").Is("1.2").ShouldBeTrue();
        app.At("siteConfig.scmMinTlsVersion").Is("1.2").ShouldBeTrue();
        foreach (var way in new[] { "ftp", "scm" })
            deployment.Only("Microsoft.Web/sites/basicPublishingCredentialsPolicies", way).Properties["allow"].Is(false).ShouldBeTrue(way);
    }

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public async Task The_app_is_dotnet_isolated_on_Flex_Consumption_with_one_identity_of_its_own(string file)
    {
        var deployment = await bicep.PredictAsync(file);
        var (app, plan, identity) = (
            deployment.Only("Microsoft.Web/sites"),
            deployment.Only("Microsoft.Web/serverfarms"),
            deployment.Only("Microsoft.ManagedIdentity/userAssignedIdentities")
        );
        plan.Json["sku"]!["name"].Is("FC1").ShouldBeTrue();
        plan.Json["sku"]!["tier"].Is("FlexConsumption").ShouldBeTrue();
        app.At("serverFarmId").Is(plan.Id).ShouldBeTrue();
        app.At("functionAppConfig.runtime.name").Is("dotnet-isolated").ShouldBeTrue();
        app.At("functionAppConfig.runtime.version").Is("10.0").ShouldBeTrue();
        app.Json["identity"]!["type"].Is("UserAssigned").ShouldBeTrue();
        app.Json["identity"]!["userAssignedIdentities"]!.AsObject().Select(i => i.Key).ShouldBe([identity.Id]);
        app.At("functionAppConfig.deployment.storage.authentication.type").Is("UserAssignedIdentity").ShouldBeTrue();
        app.At("functionAppConfig.deployment.storage.authentication.userAssignedIdentityResourceId").Is(identity.Id).ShouldBeTrue();
        app.At("siteConfig.appSettings").ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public async Task Monitoring_takes_telemetry_from_identities_only(string file)
    {
        var deployment = await bicep.PredictAsync(file);
        deployment.Only("Microsoft.Insights/components").Properties["DisableLocalAuth"].Is(true).ShouldBeTrue();
        deployment.Only("Microsoft.OperationalInsights/workspaces").At("features.disableLocalAuth").Is(true).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public async Task No_key_is_asked_for_and_no_secret_is_handed_out(string file)
    {
        var deployment = await bicep.PredictAsync(file);
        foreach (
            var word in new[]
            {
                "listKeys",
                "listSecrets",
                "listAccountSas",
                "AccountKey=",
                "SharedAccessSignature",
                "clientSecret",
                "password",
            }
        )
            deployment.Text.ShouldNotContain(word);
        deployment
            .Outputs.Select(o => o.Key)
            .ShouldBe(["FUNCQUEUE_URL", "AZURE_FUNCTION_APP_NAME", "AZURE_RESOURCE_GROUP", "FUNCQUEUE_DATA_ACCOUNTS"], ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public async Task Every_resource_that_can_be_tagged_is(string file)
    {
        var deployment = await bicep.PredictAsync(file);
        var group = deployment.Only("Microsoft.Resources/resourceGroups");
        var environment = group.Tags!["azd-env-name"]!.GetValue<string>();
        group.Name.ShouldBe("rg-" + environment);
        foreach (var resource in deployment.Resources.Where(r => !Untaggable.Contains(r.Type)))
            resource.Tags.ShouldNotBeNull(resource.ToString())["azd-env-name"].Is(environment).ShouldBeTrue(resource.ToString());
        deployment.Only("Microsoft.Web/sites").Tags!["azd-service-name"].Is("app").ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public async Task Metrics_of_storage_and_logs_of_the_app_go_to_the_workspace(string file)
    {
        var deployment = await bicep.PredictAsync(file);
        var workspace = deployment.Only("Microsoft.OperationalInsights/workspaces").Id;
        var watched = new[]
        {
            "Microsoft.Storage/storageAccounts/blobServices",
            "Microsoft.Storage/storageAccounts/tableServices",
            "Microsoft.Web/sites",
        }
            .SelectMany(deployment.OfType)
            .ToList();
        watched.Count.ShouldBeGreaterThanOrEqualTo(5);
        foreach (var resource in watched)
        {
            var settings = deployment
                .OfType("Microsoft.Insights/diagnosticSettings")
                .Where(s => s.Id.StartsWith(resource.Id + "/providers/", StringComparison.Ordinal))
                .ShouldHaveSingleItem(resource.ToString());
            settings.Properties["workspaceId"].Is(workspace).ShouldBeTrue();
            settings.Properties["metrics"]!.AsArray().ShouldNotBeEmpty();
        }
    }
}
