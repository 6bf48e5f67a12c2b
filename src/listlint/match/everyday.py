"""Words that so many listings have that finding one tells little.

Of a term in parts ("lose ... inches") the part is looked for that is met less often. What is missing
here costs time, never a finding.
"""

from __future__ import annotations

EVERYDAY = frozenset(
    """
    a all and any are as at be best black blue body both box brand bright buy by can care case clean clear
    cm colour color comes comfortable cut day days do don down each easy every extra fit fits for free
    fresh from full get gift glass gold gram grams green grey gray hand have help high home hot hour
    hours hundred inch inches included includes indoor is it item just keep kg kids kit large leather
    leaves less life light line litre long look made make mark marks material men metal mini ml mm model
    months more mother move natural never new nice night no not of off old on one only open or order
    original our out outdoor own pack package paper part parts per perfect piece pieces plastic play
    please plus pound pounds premium price product pure quality quick real red review round safe set
    shape shirt show side silver simple single size skin small smart soft space spray steel stone strong
    style super sweet system table take than that the them then this time to top tray tube two under up
    use used using very volume warm wash watch water way we week weeks weight white wide will with
    without wood work world year years you your
    baby bag ball bar bathroom battery beach bed bedroom belt block board book bottle bowl brass bread
    button camera cameras cap card cards car chair charger children chocolate coffee cook cover cream cup
    desk dog door dress drink ear face family feet filter floor food foot frame friends fruit game garden
    glasses grain hair head heart holder honey horse house jar key kitchen laser lens living magazine
    magnetic milk office oil pad pen phone pin plate plug pocket pot pouch powder power protection
    protector ring rings room sauce school shoe shoes silicone sleeve speed spring sport stand
    switch tablet tank tea tool tools toy travel tree video wall wallet wheel wifi window
    alle als am auch auf aus bei bis das dem den der des die ein eine einen einer farbe flasche für fur
    ganz gr groß grosse gut haut holz im ist jahr jahre kinder leder mehr mit monat monate nicht noch ohne
    oder sie sind stück stuck tag tage tasche tisch uhr und unter viel von vor wasser wie wir zu zum zur
    à au aux avec bouteille bois boîte boite cadeau ce cette cuir dans de du eau elle en enfant
    est et femme homme jour jours la le les leur livre livres main maison mois ne nous ou par pas peau
    peu plateau porte pour qualité qualite que qui sac sans se ses son sous sur tout très un une
    usage vous
    al agua año años ano anos bandeja bolsa botella caja casa como con cuero del día días dia dias
    edad el ella es esta este hombre las los mano más mas medidas meses mesa mujer muy niños ninos
    o para piel por regalo sin sobre su sus tamaño te tu una unidades y ya
    acqua alla anni borsa che colore da dal della delle di donna gli il in legno lo ma
    mesi nel non pelle più piu qualità scatola senza si sono tavolo tra uomo
    aan een het maanden met niet op van voor zonder
    dla i jest na nie od oraz po się w z za
    caixa com mais mês não nao pele sem uma
    after appears factory fans feels filled following handle handles hidden holds installed keeps lifts likes
    loaded looks maker makers ones packed passed plant pops pulls removes same smells spend spends spent
    supplier suppliers swings takes taken twice works workshop
    aussehen gewicht durchmesser maße masse schnell
    包装 包装盒 箱子 盒子 充电宝 充电头 充电器 插座 插排 台灯 闹钟 相框 手表 眼镜 打火机 浴室 卧室 车上 放在 贴在 公开 页面 小票
    证书 吊牌 螺丝 快递盒 客厅 厨房 孩子 宝宝 家用 使用 可以 产品 材质 颜色 尺寸
    寝室 部屋 充電器 時計 箱 写真 素材 家庭用 サイズ 商品
    99 100
    """.split()
)
