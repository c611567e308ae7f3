using System.Text.RegularExpressions;

namespace FuncQueue.Infra.Tests;

/// <summary>What the app's identity may do: each role that it needs, where it needs it, and no other.</summary>
public sealed partial class RoleTests(BicepServer bicep)
{
    private const string BlobDataOwner = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b";
    private const string BlobDataContributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
    private const string TableDataContributor = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3";
    private const string MonitoringMetricsPublisher = "3913510d-42f4-4e42-8a64-420c390055eb";

    public static TheoryData<string> ParameterFiles => InfraFolder.ParameterFiles;

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public async Task The_identity_has_exactly_the_roles_it_needs(string file)
    {
        var deployment = await bicep.PredictAsync(file);
        var host = deployment.AppSettings["AzureWebJobsStorage__accountName"];
        var expected = new List<(string Scope, string Role)>
        {
            (deployment.Only("Microsoft.Insights/components").Id, MonitoringMetricsPublisher),
        };
        foreach (var account in deployment.OfType("Microsoft.Storage/storageAccounts"))
        {
            expected.Add((account.Id, account.Name == host ? BlobDataOwner : BlobDataContributor));
            expected.Add((account.Id, TableDataContributor));
        }

        deployment
            .OfType("Microsoft.Authorization/roleAssignments")
            .Select(a => (ScopeOf(a), RoleOf(a)))
            .ShouldBe(expected, ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public async Task Nobody_but_the_identity_gets_a_role(string file)
    {
        var deployment = await bicep.PredictAsync(file);
        var identity = deployment.Only("Microsoft.ManagedIdentity/userAssignedIdentities");
        foreach (var assignment in deployment.OfType("Microsoft.Authorization/roleAssignments"))
        {
            assignment.Properties["principalId"]!.GetValue<string>().ShouldContain($"'{identity.Id}'");
            assignment.Properties["principalType"].Is("ServicePrincipal").ShouldBeTrue();
            Guid.TryParse(assignment.Name, out _).ShouldBeTrue(assignment.Name);
        }
    }

    private static string ScopeOf(PredictedResource assignment) =>
        assignment.Id[..assignment.Id.LastIndexOf("/providers/Microsoft.Authorization/", StringComparison.Ordinal)];

    private static string RoleOf(PredictedResource assignment) =>
        LastGuid().Match(assignment.Properties["roleDefinitionId"]!.GetValue<string>()).Value;

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    private static partial Regex LastGuid();
}
